/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/identifier_phrases.h"

#include <stddef.h>

#define ANY(kind, words) {words, IDENTIFIER_##kind, PHRASE_ANYWHERE}
#define ALL(kind, words) {words, IDENTIFIER_##kind, PHRASE_WHOLE}

const struct identifier_phrase identifier_phrases[] = {
    /* states are no identifiers; the whole name must say so, because of "city_state_zip" */
    ALL(NONE, "state fips"), ALL(NONE, "fips state"), ALL(NONE, "st fips"), ALL(NONE, "fips st"),
    ALL(NONE, "state fips code"), ALL(NONE, "fips state code"), ALL(NONE, "address state"), ALL(NONE, "state address"),

    /* "address" and "number" alone are asked last: an e-mail address is no street */
    ANY(EMAIL, "email"), ANY(EMAIL, "e mail"), ANY(EMAIL, "emails"), ANY(EMAIL, "email address"),
    ANY(IP, "ip address"), ANY(IP, "ip addr"), ANY(IP, "ipaddress"), ALL(IP, "ip"), ALL(IP, "ipv"),
    ANY(IP, "client ip"), ANY(IP, "src ip"), ANY(IP, "source ip"), ANY(IP, "dst ip"), ANY(IP, "dest ip"),
    ANY(IP, "remote ip"), ANY(IP, "host ip"), ANY(IP, "user ip"), ANY(IP, "login ip"), ANY(IP, "server ip"),
    ANY(IP, "web ip"), ANY(IP, "remote addr"), ANY(IP, "remote host"), ANY(IP, "internet protocol"),
    ANY(IP, "device ip"), ANY(IP, "visitor ip"), ANY(IP, "last ip"),
    ANY(DEVICE, "mac address"), ANY(DEVICE, "mac addr"), ANY(DEVICE, "mac id"), ANY(DEVICE, "hardware address"),
    ANY(URL, "web address"), ANY(URL, "internet address"), ANY(URL, "url"), ANY(URL, "urls"), ANY(URL, "uri"),
    ANY(URL, "website"), ANY(URL, "web site"), ANY(URL, "webpage"), ANY(URL, "web page"), ANY(URL, "homepage"),
    ANY(URL, "home page"), ALL(URL, "link"), ALL(URL, "links"), ALL(URL, "hyperlink"), ANY(URL, "web link"),
    ANY(URL, "profile link"), ANY(URL, "facebook"), ANY(URL, "instagram"), ANY(URL, "linkedin"), ANY(URL, "blog"),

    ALL(PERSON_NAME, "name"), ALL(PERSON_NAME, "names"), ANY(PERSON_NAME, "first name"),
    ANY(PERSON_NAME, "last name"), ANY(PERSON_NAME, "middle name"), ANY(PERSON_NAME, "full name"),
    ANY(PERSON_NAME, "given name"), ANY(PERSON_NAME, "family name"), ANY(PERSON_NAME, "maiden name"),
    ANY(PERSON_NAME, "maiden"), ANY(PERSON_NAME, "surname"), ANY(PERSON_NAME, "sur name"),
    ANY(PERSON_NAME, "forename"), ANY(PERSON_NAME, "nick name"), ANY(PERSON_NAME, "preferred name"),
    ANY(PERSON_NAME, "legal name"), ANY(PERSON_NAME, "birth name"), ANY(PERSON_NAME, "fname"),
    ANY(PERSON_NAME, "lname"), ANY(PERSON_NAME, "mname"), ANY(PERSON_NAME, "name first"),
    ANY(PERSON_NAME, "name last"), ANY(PERSON_NAME, "name middle"), ANY(PERSON_NAME, "name full"),
    ANY(PERSON_NAME, "initials"), ANY(PERSON_NAME, "aka"), ANY(PERSON_NAME, "patient name"),
    ANY(PERSON_NAME, "client name"), ANY(PERSON_NAME, "next of kin"), ANY(PERSON_NAME, "spouse name"),

    ANY(DATE, "dob"), ANY(DATE, "birth date"), ANY(DATE, "date of birth"), ANY(DATE, "date birth"),
    ANY(DATE, "birthday"), ANY(DATE, "bdate"), ANY(DATE, "birth dt"), ANY(DATE, "dt birth"),
    ANY(DATE, "birth day"), ANY(DATE, "birth month"), ANY(DATE, "month of birth"), ANY(DATE, "day of birth"),
    ANY(DATE, "death date"), ANY(DATE, "date of death"), ANY(DATE, "date death"), ANY(DATE, "death dt"),
    ANY(DATE, "dt death"), ANY(DATE, "death day"), ANY(DATE, "death month"), ALL(DATE, "dod"), ANY(DATE, "b date"),
    ANY(DATE, "dte of birth"),

    ANY(FAX, "fax"), ANY(FAX, "fax #"), ANY(FAX, "facsimile"), ANY(FAX, "telefax"),
    ANY(PHONE, "phone"), ANY(PHONE, "phone #"), ANY(PHONE, "phones"), ANY(PHONE, "telephone"),
    ANY(PHONE, "telephone #"), ANY(PHONE, "cell phone"), ANY(PHONE, "cell #"), ANY(PHONE, "mobile phone"),
    ANY(PHONE, "home phone"), ANY(PHONE, "work phone"), ANY(PHONE, "mobile #"), ALL(PHONE, "mobile"),
    ALL(PHONE, "tel"), ANY(PHONE, "tel #"), ANY(PHONE, "landline"), ANY(PHONE, "contact number"),
    ANY(PHONE, "contact no"), ANY(PHONE, "contact num"), ANY(PHONE, "pager"), ANY(PHONE, "whatsapp"),
    ANY(PHONE, "callback number"), ANY(PHONE, "call back number"),

    ANY(SSN, "ssn"), ANY(SSN, "ssns"), ANY(SSN, "social security"), ANY(SSN, "social security #"),
    ANY(SSN, "soc sec"), ANY(SSN, "soc sec #"), ANY(SSN, "ss number"), ANY(SSN, "ss no"), ANY(SSN, "ss num"),
    ANY(SSN, "ss nbr"), ANY(SSN, "itin"), ANY(SSN, "taxpayer #"), ANY(SSN, "tax payer #"),
    ANY(SSN, "tax #"), ALL(SSN, "tin"),

    ANY(RECORD_NUMBER, "mrn"), ANY(RECORD_NUMBER, "mrno"), ANY(RECORD_NUMBER, "medical record"),
    ANY(RECORD_NUMBER, "medical record #"), ANY(RECORD_NUMBER, "med rec"), ANY(RECORD_NUMBER, "med rec #"),
    ANY(RECORD_NUMBER, "medical rec #"), ANY(RECORD_NUMBER, "med record #"), ANY(RECORD_NUMBER, "chart #"),
    ANY(RECORD_NUMBER, "hospital number"), ANY(RECORD_NUMBER, "hospital no"), ANY(RECORD_NUMBER, "hosp no"),
    ANY(RECORD_NUMBER, "health record #"), ANY(RECORD_NUMBER, "ehr #"), ANY(RECORD_NUMBER, "emr #"),
    ANY(RECORD_NUMBER, "epic #"), ANY(RECORD_NUMBER, "nhs #"), ANY(RECORD_NUMBER, "patient record #"),
    ANY(RECORD_NUMBER, "empi"), ANY(RECORD_NUMBER, "case record number"),

    ANY(MBI, "mbi"), ANY(MBI, "medicare beneficiary"), ANY(HICN, "hicn"), ANY(HICN, "hic #"),
    ANY(HICN, "health insurance claim"), ANY(PLAN_NUMBER, "medicare #"), ANY(PLAN_NUMBER, "medicaid #"),
    ANY(PLAN_NUMBER, "member #"), ANY(PLAN_NUMBER, "subscriber"), ANY(PLAN_NUMBER, "subscriber #"),
    ANY(PLAN_NUMBER, "beneficiary #"), ANY(PLAN_NUMBER, "bene #"), ANY(PLAN_NUMBER, "policy #"),
    ALL(PLAN_NUMBER, "policy"), ANY(PLAN_NUMBER, "policyholder #"), ANY(PLAN_NUMBER, "policy holder"),
    ANY(PLAN_NUMBER, "insurance #"), ALL(PLAN_NUMBER, "insurance policy"), ANY(PLAN_NUMBER, "health plan #"),
    ANY(PLAN_NUMBER, "insured #"), ANY(PLAN_NUMBER, "enrollee #"), ANY(PLAN_NUMBER, "recipient #"),

    ANY(ACCOUNT, "account #"), ALL(ACCOUNT, "account"), ANY(ACCOUNT, "acct"), ANY(ACCOUNT, "acct #"),
    ANY(ACCOUNT, "iban"), ANY(ACCOUNT, "routing number"), ANY(ACCOUNT, "bank account"), ALL(ACCOUNT, "accountid"),
    ANY(ACCOUNT, "account code"), ANY(ACCOUNT, "billing number"), ANY(ACCOUNT, "billing #"),
    ALL(CARD, "credit card"), ALL(CARD, "debit card"), ANY(CARD, "card number"), ANY(CARD, "card no"),
    ANY(CARD, "card num"), ANY(CARD, "cc number"), ANY(CARD, "cc num"), ANY(CARD, "credit card #"),

    ANY(PLATE, "license plate"), ANY(PLATE, "licence plate"), ANY(PLATE, "license plate #"),
    ANY(PLATE, "licence plate #"), ALL(PLATE, "plate"), ANY(PLATE, "plate number"), ANY(PLATE, "plate no"),
    ANY(PLATE, "plate num"), ANY(PLATE, "number plate"), ANY(PLATE, "vehicle #"), ANY(PLATE, "vehicle plate"),
    ANY(PLATE, "car plate"), ANY(PLATE, "vehicle registration"), ANY(PLATE, "car registration"),
    ANY(PLATE, "vehicle tag"), ANY(PLATE, "vehicle license"), ANY(PLATE, "vehicle licence"), ANY(VIN, "vin"),
    ANY(VIN, "vin #"), ANY(VIN, "vehicle identification"), ANY(VIN, "vehicle identification #"),
    ANY(VIN, "vehicle serial"), ANY(VIN, "chassis #"),

    ANY(LICENCE, "license #"), ANY(LICENCE, "licence #"), ALL(LICENCE, "license"), ALL(LICENCE, "licence"),
    ANY(LICENCE, "lic number"), ANY(LICENCE, "lic no"), ANY(LICENCE, "lic num"), ANY(LICENCE, "drivers license"),
    ANY(LICENCE, "drivers licence"), ANY(LICENCE, "driver license"), ANY(LICENCE, "driver s license"),
    ANY(LICENCE, "driver licence"),
    ANY(LICENCE, "driving licence"), ANY(LICENCE, "driving license"), ANY(LICENCE, "dl number"),
    ANY(LICENCE, "dl no"), ANY(LICENCE, "dl num"), ANY(LICENCE, "dln"), ANY(LICENCE, "certificate #"),
    ANY(LICENCE, "cert number"), ANY(LICENCE, "cert no"), ANY(LICENCE, "cert num"), ANY(LICENCE, "passport"),
    ANY(LICENCE, "passport #"), ANY(LICENCE, "visa number"), ANY(LICENCE, "upin"), ANY(NPI, "npi"),
    ANY(NPI, "npi #"), ANY(NPI, "national provider #"), ANY(DEA, "dea #"), ALL(DEA, "dea"),
    ANY(DEA, "dea registration"),

    ANY(IMEI, "imei"), ANY(IMEI, "imei #"), ANY(IMEI, "meid"), ANY(DEVICE, "imsi"), ANY(DEVICE, "iccid"),
    ANY(DEVICE, "udid"), ANY(DEVICE, "udi"), ANY(DEVICE, "serial #"), ALL(DEVICE, "serial"),
    ALL(DEVICE, "device serial"), ANY(DEVICE, "device #"), ANY(DEVICE, "serialnumber"), ANY(DEVICE, "implant #"),
    ANY(DEVICE, "implant serial"), ANY(DEVICE, "pacemaker #"), ANY(DEVICE, "pacemaker serial"),
    ANY(DEVICE, "android #"), ANY(DEVICE, "advertising #"), ANY(DEVICE, "idfa"), ANY(DEVICE, "equipment serial"),
    ANY(DEVICE, "pump serial"), ANY(DEVICE, "monitor serial"), ANY(DEVICE, "handset #"),

    ANY(BIOMETRIC, "fingerprint"), ANY(BIOMETRIC, "fingerprints"), ANY(BIOMETRIC, "finger print"),
    ANY(BIOMETRIC, "finger prints"), ANY(BIOMETRIC, "thumbprint"), ANY(BIOMETRIC, "thumb print"),
    ANY(BIOMETRIC, "palm print"), ANY(BIOMETRIC, "voice print"), ANY(BIOMETRIC, "voice recording"),
    ANY(BIOMETRIC, "voice sample"), ANY(BIOMETRIC, "audio recording"), ANY(BIOMETRIC, "audio file"),
    ANY(BIOMETRIC, "retina scan"), ANY(BIOMETRIC, "retinal scan"), ANY(BIOMETRIC, "iris scan"),
    ANY(BIOMETRIC, "iris code"), ANY(BIOMETRIC, "face print"), ANY(BIOMETRIC, "face template"),
    ANY(BIOMETRIC, "face recognition"), ANY(BIOMETRIC, "facial recognition"), ANY(BIOMETRIC, "facial geometry"),
    ANY(BIOMETRIC, "face geometry"), ANY(BIOMETRIC, "biometric"), ANY(BIOMETRIC, "biometrics"),
    ANY(BIOMETRIC, "dna profile"), ANY(BIOMETRIC, "dna fingerprint"), ANY(BIOMETRIC, "hand geometry"),

    ANY(PHOTO, "photo"), ANY(PHOTO, "photos"), ANY(PHOTO, "photograph"), ANY(PHOTO, "photographs"),
    ALL(PHOTO, "picture"), ALL(PHOTO, "image"), ALL(PHOTO, "img"), ANY(PHOTO, "face image"),
    ANY(PHOTO, "facial image"), ANY(PHOTO, "image file"), ANY(PHOTO, "image path"), ANY(PHOTO, "picture file"),
    ANY(PHOTO, "profile picture"), ANY(PHOTO, "profile image"), ANY(PHOTO, "profile pic"), ANY(PHOTO, "headshot"),
    ANY(PHOTO, "head shot"), ANY(PHOTO, "mugshot"), ANY(PHOTO, "mug shot"), ANY(PHOTO, "selfie"),
    ANY(PHOTO, "portrait"), ANY(PHOTO, "avatar"), ANY(PHOTO, "jpeg"), ANY(PHOTO, "jpg"), ANY(PHOTO, "face video"),

    ANY(ADDRESS, "address"), ANY(ADDRESS, "addr"), ANY(ADDRESS, "home address"), ANY(ADDRESS, "mailing address"),
    ANY(ADDRESS, "patient address"), ALL(ADDRESS, "street"), ANY(ADDRESS, "street name"),
    ANY(ADDRESS, "street address"), ANY(ADDRESS, "street number"), ANY(ADDRESS, "street no"),
    ANY(ADDRESS, "house number"), ANY(ADDRESS, "house no"), ANY(ADDRESS, "apt no"), ANY(ADDRESS, "apt number"),
    ANY(ADDRESS, "apartment number"), ANY(ADDRESS, "apartment no"), ANY(ADDRESS, "po box"),
    ANY(ADDRESS, "latitude"), ANY(ADDRESS, "longitude"), ANY(ADDRESS, "lat lon"), ANY(ADDRESS, "lat long"),
    ANY(ADDRESS, "lat lng"), ALL(ADDRESS, "lat"), ALL(ADDRESS, "lon"), ALL(ADDRESS, "lng"), ALL(ADDRESS, "latlon"),
    ANY(ADDRESS, "gps"), ANY(ADDRESS, "geocode"), ANY(ADDRESS, "geo code"), ANY(ADDRESS, "geolocation"),
    ANY(ADDRESS, "geo location"), ANY(ADDRESS, "geo coordinates"), ANY(ADDRESS, "location coordinates"),
    ALL(ADDRESS, "coordinates"),
    ANY(AREA, "zip"), ANY(AREA, "zip code"), ANY(AREA, "zips"), ANY(AREA, "postal"), ANY(AREA, "postal code"),
    ANY(AREA, "post code"), ANY(AREA, "zcta"), ANY(AREA, "county"), ANY(AREA, "counties"), ANY(AREA, "cnty"),
    ANY(AREA, "county code"), ANY(AREA, "city"), ANY(AREA, "cities"), ANY(AREA, "city name"), ANY(AREA, "town"),
    ANY(AREA, "township"), ANY(AREA, "village"), ANY(AREA, "municipality"), ANY(AREA, "borough"),
    ANY(AREA, "parish"), ANY(AREA, "precinct"), ANY(AREA, "neighborhood"), ANY(AREA, "neighbourhood"),
    ANY(AREA, "census tract"), ALL(AREA, "tract"), ANY(AREA, "tract code"), ANY(AREA, "block group"),
    ANY(AREA, "census block"), ANY(AREA, "fips"), ANY(AREA, "fips code"), ANY(AREA, "cnty fips"),
    ANY(AREA, "county fips"), ANY(AREA, "fips county"),

    ANY(UNIQUE_CODE, "uuid"), ANY(UNIQUE_CODE, "guid"), ANY(UNIQUE_CODE, "unique #"), ANY(UNIQUE_CODE, "unique code"),
    ANY(UNIQUE_CODE, "national #"), ANY(UNIQUE_CODE, "student #"), ANY(UNIQUE_CODE, "employee #"),
    ANY(UNIQUE_CODE, "inmate #"), ANY(UNIQUE_CODE, "prisoner #"), ANY(UNIQUE_CODE, "offender #"),
    ANY(UNIQUE_CODE, "booking #"), ANY(UNIQUE_CODE, "docket #"), ALL(UNIQUE_CODE, "docket"),
    ANY(UNIQUE_CODE, "badge #"), ANY(UNIQUE_CODE, "user name"),
    ANY(UNIQUE_CODE, "screen name"), ALL(UNIQUE_CODE, "login"), ANY(UNIQUE_CODE, "login name"),
    ANY(UNIQUE_CODE, "login #"), ANY(UNIQUE_CODE, "barcode"), ANY(UNIQUE_CODE, "bar code"),
    ANY(UNIQUE_CODE, "qr code"), ANY(UNIQUE_CODE, "cookie #"), ANY(UNIQUE_CODE, "edipi"),
    ANY(UNIQUE_CODE, "military #"), ANY(UNIQUE_CODE, "alien #"), ANY(UNIQUE_CODE, "alien registration"),
    ANY(UNIQUE_CODE, "voter #"), ANY(UNIQUE_CODE, "twitter"), ANY(UNIQUE_CODE, "snapchat"),
    ANY(UNIQUE_CODE, "skype"), ANY(UNIQUE_CODE, "tracking number"), ANY(UNIQUE_CODE, "confirmation number"),
    {NULL, IDENTIFIER_NONE, PHRASE_ANYWHERE},
};

const char *const identifier_number_words[] = {
    "number", "no", "num", "nr", "nbr", "id", "ids", "identifier", "ident", NULL,
};

const char *const identifier_owner_words[] = {
    "patient", "client", "person", "participant", "subject", "pt", "member", "respondent", "individual", "consumer",
    "applicant", "home", "work", "business", "current", "primary", "secondary", "main", "my", "the", "of", "contact",
    "emergency", "mother", "father", "parent", "guardian", "spouse", "provider", "physician", "doctor", "counselor",
    "counsellor", "clinician", "therapist", "prescriber", "employer", "permanent", "mailing", "residential",
    "original", "raw", "new", "old", "insurance", NULL,
};

const char *const identifier_about_words[] = {
    "flag", "flg", "indicator", "yn", "count", "counts", "cnt", "freq", "frequency", "pct", "percent", "percentage",
    "proportion", "rate", "ratio", "score", "scale", "type", "types", "status", "category", "cat", "group", "grp",
    "class", "level", "mode", "days", "weeks", "months", "hours", "minutes", "visit", "visits", "session", "sessions",
    "call", "calls", "use", "used", "users", "uses", "using", "usage", "therapy", "counseling", "counselling",
    "intervention", "reminder", "reminders", "support", "access", "available", "availability", "provided", "sent",
    "received", "opened", "delivered", "contacted", "verified", "valid", "invalid", "known", "missing", "unknown",
    "consent", "consented", "refused", "changed", "changes", "change", "moved", "moves", "quality", "size",
    "population", "density", "urban", "rural", "urbanicity", "poverty", "unemployment", "income", "median", "mean",
    "avg", "average", "benefit", "benefits", "disability", "amount", "paid", "cost", "costs", "payment", "payments",
    "survey", "interview", "interviews", "followup", "follow", "coaching", "hotline", "debt", "ownership", "owns",
    "own", "stress", "safety", "violence", "crime", "distance", "minute", "has", "had", "is", NULL,
};

const char *const identifier_count_words[] = {
    "n", "num", "number", "no", "nr", "total", "any", "ever", "never", NULL,
};
