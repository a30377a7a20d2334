/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * identifier.h - the 18 kinds of identifiers of 45 CFR 164.514(b)(2)(i), letters A to R, and what to do about them.
 *
 * A letter may have several kinds here, where they are recognised by different rules.  Who looks for them:
 *
 *     identifier_name.h       by the name of a column
 *     identifier_value.h      by the bytes of a cell
 *     identifier_evidence.h   by all cells of a column; the verdict
 *
 * None of these keeps, returns or prints a value: what comes back is a kind, a position and counts.
 */
#ifndef INGEST_IDENTIFIER_H
#define INGEST_IDENTIFIER_H

#include <stdint.h>

enum identifier_kind {
    IDENTIFIER_NONE,
    IDENTIFIER_PERSON_NAME,   /* A */
    IDENTIFIER_ADDRESS,       /* B: street, post-office box, coordinates */
    IDENTIFIER_AREA,          /* B: town, county, ZIP code, census tract: anything below a state */
    IDENTIFIER_DATE,          /* C: a date with more than its year */
    IDENTIFIER_AGE,           /* C: over 89 */
    IDENTIFIER_PHONE,         /* D */
    IDENTIFIER_FAX,           /* E */
    IDENTIFIER_EMAIL,         /* F */
    IDENTIFIER_SSN,           /* G: social security and taxpayer numbers */
    IDENTIFIER_RECORD_NUMBER, /* H */
    IDENTIFIER_PLAN_NUMBER,   /* I */
    IDENTIFIER_MBI,           /* I: Medicare Beneficiary Identifier */
    IDENTIFIER_HICN,          /* I: its predecessor, a social security number with a suffix */
    IDENTIFIER_ACCOUNT,       /* J */
    IDENTIFIER_CARD,          /* J: payment card */
    IDENTIFIER_LICENCE,       /* K: licence, certificate, passport */
    IDENTIFIER_NPI,           /* K: National Provider Identifier */
    IDENTIFIER_DEA,           /* K: registration to prescribe controlled substances */
    IDENTIFIER_PLATE,         /* L: licence plates and other numbers of vehicles */
    IDENTIFIER_VIN,           /* L: vehicle identification number */
    IDENTIFIER_DEVICE,        /* M: serial number, UDI, hardware address */
    IDENTIFIER_IMEI,          /* M: mobile equipment */
    IDENTIFIER_URL,           /* N */
    IDENTIFIER_IP,            /* O */
    IDENTIFIER_BIOMETRIC,     /* P: finger and voice prints, recordings */
    IDENTIFIER_PHOTO,         /* Q */
    IDENTIFIER_UNIQUE_CODE,   /* R: any other code that is nearly different in every row */
    N_IDENTIFIER_KINDS,
};

enum { IDENTIFIER_TOP_AGE = 90 }; /* ages from here on are one category, "90+" */

/** "social security number"; "" for IDENTIFIER_NONE. */
const char *identifier_kind_name(enum identifier_kind kind);

/** The letter of 45 CFR 164.514(b)(2)(i), 'A'..'R'; ' ' for IDENTIFIER_NONE. */
char identifier_letter(enum identifier_kind kind);

/** What the user can do, to follow a message: "drop the column unread ('role: drop' in the codebook)". */
const char *identifier_advice(enum identifier_kind kind);

/** Sets of kinds: bit `kind` of an uint64_t. */
static inline uint64_t identifier_bit(enum identifier_kind kind)
{
    return UINT64_C(1) << kind;
}

/**
 * The kinds that a limited data set may hold, 45 CFR 164.514(e)(2): dates, and towns and ZIP codes.  That rule
 * would also let other unique codes and ages pass; here those are never taken as they stand.
 */
uint64_t identifier_limited_data_set(void);

#endif
