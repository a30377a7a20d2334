/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/identifier.h"

#define DROP "drop the column unread ('role: drop' in the codebook)"
#define BASIS "'privacy: {basis: limited_data_set}' or '{basis: expert}'"

struct kind {
    char letter;
    const char *name, *advice;
};

static const struct kind kinds[N_IDENTIFIER_KINDS] = {
    [IDENTIFIER_NONE] = {' ', "", ""},
    [IDENTIFIER_PERSON_NAME] = {'A', "name of a person", DROP},
    [IDENTIFIER_ADDRESS] = {'B', "address or position on the map", DROP "; the state alone may be kept"},
    [IDENTIFIER_AREA] = {'B', "area below the state", DROP ", keep the state alone, or declare " BASIS},
    [IDENTIFIER_DATE] = {'C', "calendar date",
                         "declare " BASIS ", or give days since an index day; a year may be kept"},
    [IDENTIFIER_AGE] = {'C', "age over 89", "declare the column's 'units: years', so that ages over 89 become 90"},
    [IDENTIFIER_PHONE] = {'D', "telephone number", DROP},
    [IDENTIFIER_FAX] = {'E', "fax number", DROP},
    [IDENTIFIER_EMAIL] = {'F', "e-mail address", DROP},
    [IDENTIFIER_SSN] = {'G', "social security number", DROP},
    [IDENTIFIER_RECORD_NUMBER] = {'H', "medical record number",
                                  DROP "; if it tells who the person is, name it as 'person:' in the study"},
    [IDENTIFIER_PLAN_NUMBER] = {'I', "health plan number",
                                DROP "; if it tells who the person is, name it as 'person:' in the study"},
    [IDENTIFIER_MBI] = {'I', "Medicare Beneficiary Identifier",
                        DROP "; if it tells who the person is, name it as 'person:' in the study"},
    [IDENTIFIER_HICN] = {'I', "health insurance claim number", DROP},
    [IDENTIFIER_ACCOUNT] = {'J', "account number", DROP},
    [IDENTIFIER_CARD] = {'J', "payment card number", DROP},
    [IDENTIFIER_LICENCE] = {'K', "certificate or licence number", DROP},
    [IDENTIFIER_NPI] = {'K', "National Provider Identifier", DROP},
    [IDENTIFIER_DEA] = {'K', "DEA registration number", DROP},
    [IDENTIFIER_PLATE] = {'L', "vehicle or licence plate number", DROP},
    [IDENTIFIER_VIN] = {'L', "vehicle identification number", DROP},
    [IDENTIFIER_DEVICE] = {'M', "device identifier", DROP},
    [IDENTIFIER_IMEI] = {'M', "mobile equipment identity", DROP},
    [IDENTIFIER_URL] = {'N', "web address", DROP},
    [IDENTIFIER_IP] = {'O', "IP address", DROP},
    [IDENTIFIER_BIOMETRIC] = {'P', "biometric identifier", DROP},
    [IDENTIFIER_PHOTO] = {'Q', "photograph", DROP},
    [IDENTIFIER_UNIQUE_CODE] = {'R', "unique identifying code",
                                "if it only numbers the rows, drop it unread ('role: row_id' in the codebook); if it "
                                "tells who the person is, name it as 'person:' in the study"},
};

static const struct kind *find(enum identifier_kind kind)
{
    return &kinds[(unsigned)kind < N_IDENTIFIER_KINDS ? kind : IDENTIFIER_NONE];
}

const char *identifier_kind_name(enum identifier_kind kind)
{
    return find(kind)->name;
}

char identifier_letter(enum identifier_kind kind)
{
    return find(kind)->letter;
}

const char *identifier_advice(enum identifier_kind kind)
{
    return find(kind)->advice;
}

uint64_t identifier_limited_data_set(void)
{
    return identifier_bit(IDENTIFIER_DATE) | identifier_bit(IDENTIFIER_AREA);
}
