"""The minor units of ISO 4217, as published in list one, and of codes withdrawn since 2005."""

from __future__ import annotations

from typing import Final

_TWO: Final = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF
CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL
HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU
MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR
SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED
VES WST XAD XCD XCG YER ZAR ZMW ZWG
"""
_NONE: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE: Final = "BHD IQD JOD KWD LYD OMR TND"
_FOUR: Final = "CLF UYW"
# Logs reach back: euro adoptions and redenominations since 2005. BYR had no minor unit.
_WITHDRAWN_TWO: Final = "ANG BGN CUC CYP EEK GHC HRK LTL LVL MRO MTL MZM ROL SIT SKK SLL STD TMM VEF ZMK ZWL"
_WITHDRAWN_NONE: Final = "BYR"

EXPONENTS: Final[dict[str, int]] = {
    code: exponent
    for codes, exponent in (
        (_TWO, 2),
        (_NONE, 0),
        (_THREE, 3),
        (_FOUR, 4),
        (_WITHDRAWN_TWO, 2),
        (_WITHDRAWN_NONE, 0),
    )
    for code in codes.split()
}
"""How many decimals the minor unit of a currency has; metals, funds and test codes have none."""
