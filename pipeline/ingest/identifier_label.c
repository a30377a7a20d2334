/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers in a sentence that a word before them names: "MRN0012345", "member id: XYZ123456", "tel 555-1234". */
#include <string.h>

#include "ingest/identifier_cell.h"

struct label {
    const char *words;
    enum identifier_kind kind;
    unsigned char least;  /* digits that the number has at least */
    bool needs_link;      /* "no", "#", "id" or ":" must stand between: the word alone says too little */
};

static const struct label labels[] = {
    {"mrn", IDENTIFIER_RECORD_NUMBER, 4, false},
    {"medical record", IDENTIFIER_RECORD_NUMBER, 4, false},
    {"med rec", IDENTIFIER_RECORD_NUMBER, 4, false},
    {"chart", IDENTIFIER_RECORD_NUMBER, 4, true},
    {"hospital", IDENTIFIER_RECORD_NUMBER, 5, true},
    {"ssn", IDENTIFIER_SSN, 4, false},
    {"social security", IDENTIFIER_SSN, 9, false},
    {"social security", IDENTIFIER_SSN, 4, true},
    {"mbi", IDENTIFIER_MBI, 5, false},
    {"hicn", IDENTIFIER_HICN, 6, false},
    {"member", IDENTIFIER_PLAN_NUMBER, 4, true},
    {"subscriber", IDENTIFIER_PLAN_NUMBER, 4, true},
    {"beneficiary", IDENTIFIER_PLAN_NUMBER, 4, true},
    {"policy", IDENTIFIER_PLAN_NUMBER, 5, true},
    {"insurance", IDENTIFIER_PLAN_NUMBER, 5, true},
    {"medicaid", IDENTIFIER_PLAN_NUMBER, 6, true},
    {"medicare", IDENTIFIER_PLAN_NUMBER, 6, true},
    {"account", IDENTIFIER_ACCOUNT, 4, true},
    {"acct", IDENTIFIER_ACCOUNT, 4, false},
    {"credit card", IDENTIFIER_CARD, 4, true},
    {"license plate", IDENTIFIER_PLATE, 2, false},
    {"licence plate", IDENTIFIER_PLATE, 2, false},
    {"plate", IDENTIFIER_PLATE, 2, true},
    {"driver's license", IDENTIFIER_LICENCE, 4, false},
    {"drivers license", IDENTIFIER_LICENCE, 4, false},
    {"driver license", IDENTIFIER_LICENCE, 4, false},
    {"license", IDENTIFIER_LICENCE, 4, true},
    {"licence", IDENTIFIER_LICENCE, 4, true},
    {"certificate", IDENTIFIER_LICENCE, 4, true},
    {"passport", IDENTIFIER_LICENCE, 5, false},
    {"dl", IDENTIFIER_LICENCE, 5, true},
    {"npi", IDENTIFIER_NPI, 10, false},
    {"dea", IDENTIFIER_DEA, 7, false},
    {"vin", IDENTIFIER_VIN, 5, false},
    {"serial", IDENTIFIER_DEVICE, 4, true},
    {"device", IDENTIFIER_DEVICE, 5, true},
    {"s/n", IDENTIFIER_DEVICE, 4, false},
    {"imei", IDENTIFIER_IMEI, 14, false},
    {"zip", IDENTIFIER_AREA, 5, false},
    {"zip code", IDENTIFIER_AREA, 5, false},
    {"zipcode", IDENTIFIER_AREA, 5, false},
    {"inmate", IDENTIFIER_UNIQUE_CODE, 4, true},
    {"booking", IDENTIFIER_UNIQUE_CODE, 4, true},
    {"docket", IDENTIFIER_UNIQUE_CODE, 4, true},
    {"badge", IDENTIFIER_UNIQUE_CODE, 3, true},
    {"case", IDENTIFIER_UNIQUE_CODE, 5, true},
    {"student", IDENTIFIER_UNIQUE_CODE, 5, true},
    {"employee", IDENTIFIER_UNIQUE_CODE, 4, true},
};

/* The place after the words of a label, which spaces, dashes or underscores hold apart; 0 when they differ. */
static size_t read_words(const struct cell *cell, size_t at, const char *words)
{
    if (to_capital(cell_at(cell, at)) != to_capital((unsigned char)words[0]))
        return 0;
    for (; *words != '\0'; words++, at++) {
        const unsigned char c = cell_at(cell, at);
        if (*words == ' ' ? c != ' ' && c != '_' && c != '-' : to_capital(c) != to_capital((unsigned char)*words))
            return 0;
    }
    return is_letter(cell_at(cell, at)) || cell_at(cell, at) >= 0x80 ? 0 : at;
}

/* Words and signs between a label and its number; *linked when one of them says that a number follows. */
static size_t skip_link(const struct cell *cell, size_t at, bool *linked)
{
    static const char *const words[] = {"number", "no", "num", "nr", "nbr", "id", "code"};
    static const char *const fillers[] = {"is", "was", "ending", "ends", "in", "last", "four"};
    for (size_t turns = 0; turns < 8; turns++) {
        const size_t before = at;
        while (cell_at(cell, at) != 0 && strchr(" \t#:.-=_(", cell_at(cell, at)) != NULL && at - before < 6) {
            *linked = *linked || cell_at(cell, at) == '#' || cell_at(cell, at) == ':' || cell_at(cell, at) == '=';
            at++;
        }
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
            if (cell_reads_word(cell, at, words[i]) && !is_digit(cell_at(cell, at + strlen(words[i])))) {
                *linked = true;
                at += strlen(words[i]);
            }
        for (size_t i = 0; i < sizeof fillers / sizeof fillers[0]; i++)
            if (cell_reads_word(cell, at, fillers[i]))
                at += strlen(fillers[i]);
        if (at == before)
            break;
    }
    return at;
}

/* A number with letters and dashes in it; 0 when it has fewer digits than `least`. */
static size_t read_code(const struct cell *cell, size_t at, size_t least)
{
    enum { CODE_MAX = 32 };
    size_t n_digits = 0, end = at;
    while (end - at < CODE_MAX && (is_alnum(cell_at(cell, end)) ||
                                   (cell_at(cell, end) == '-' && is_alnum(cell_at(cell, end + 1))))) {
        n_digits += is_digit(cell_at(cell, end));
        end++;
    }
    return n_digits >= least && !is_word(cell_at(cell, end)) ? end : 0;
}

/* Seven digits as 555-1234, or ten and more. */
static size_t read_local_phone(const struct cell *cell, size_t at)
{
    if (cell_digits(cell, at, 4) == 3 && (cell_at(cell, at + 3) == '-' || cell_at(cell, at + 3) == '.') &&
        cell_digits(cell, at + 4, 5) == 4)
        return at + 8;
    const size_t n = cell_digits(cell, at, 16);
    return n >= 10 && n < 16 ? at + n : 0;
}

static bool detect_call(const struct cell *cell, size_t at, struct identifier_match *match)
{
    static const char *const words[] = {"fax", "tel", "phone", "telephone", "cell", "mobile", "call", "ph"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t end = read_words(cell, at, words[i]);
        bool linked = false;
        if (end == 0)
            continue;
        const size_t start = skip_link(cell, end, &linked);
        end = read_local_phone(cell, start);
        return end > 0 && !is_word(cell_at(cell, end)) &&
               cell_found(match, i == 0 ? IDENTIFIER_FAX : IDENTIFIER_PHONE, true, start, end);
    }
    return false;
}

bool detect_label(const struct cell *cell, size_t at, struct identifier_match *match)
{
    const unsigned char first = to_capital(cell_at(cell, at));
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        const struct label *const label = &labels[i];
        if (to_capital((unsigned char)label->words[0]) != first)
            continue;
        const size_t after = read_words(cell, at, label->words);
        bool linked = false;
        if (after == 0)
            continue;
        const size_t start = skip_link(cell, after, &linked), end = read_code(cell, start, label->least);
        if (end > 0 && (linked || !label->needs_link))
            return cell_found(match, label->kind, true, start, end);
    }
    return detect_call(cell, at, match);
}
