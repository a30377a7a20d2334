/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * identifier_name.h - does the name of a column say that it holds identifiers?
 *
 * A name is cut into words: at everything that is no letter or digit, between letters and digits, and at capitals
 * ("patientSSN", "IPAddress").  The words are compared with a list of phrases (identifier_phrases.h); words
 * written together count as well ("dateofbirth", "memberid").  Whole words only: neither `recipient` nor
 * `equipment` is about IP addresses.
 *
 * Not flagged: names that speak *about* an identifier ("ssn_flag", "phone_visits", "address_changed"); keys of a
 * study (`client_id`, `patient_id`, `episode_id`, `caseid`, `facility`), which the study declares; states and what
 * is larger; metropolitan areas (CBSA, MSA), which public files of discharges carry, though a strict reading of
 * letter B counts them; dates other than of birth and death, which the codebook's type declares; `age`.
 *
 * A name is evidence for the column, whatever its cells are; a column without a telling name needs its cells to
 * be looked at (identifier_evidence.h).
 */
#ifndef INGEST_IDENTIFIER_NAME_H
#define INGEST_IDENTIFIER_NAME_H

#include "ingest/identifier.h"

/** What a name lets expect of the cells, for identifier_value.h; bits. */
enum identifier_hint {
    IDENTIFIER_HINT_AGE = 1,    /* ages in years: "age", "AgeAtAdmission", not "age_group" or "age_months" */
    IDENTIFIER_HINT_NUMBER = 2, /* some number of a person or thing: "id", "ss", "ref_no" */
    IDENTIFIER_HINT_PHONE = 4,  /* a way to reach somebody: "contact", "call_back" */
};

/** IDENTIFIER_NONE for an innocent name.  Of a name beyond 256 bytes the first 256 count. */
enum identifier_kind identifier_of_name(const char *column_name);

/** Hints of a name, identifier or not. */
unsigned identifier_hints_of_name(const char *column_name);

#endif
