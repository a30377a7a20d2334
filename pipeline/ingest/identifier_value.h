/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * identifier_value.h - identifiers in the bytes of a cell, also in the middle of a sentence.
 *
 * A match is *strong* when one is enough to say that a column holds identifiers, and weak when it may well be
 * chance: then the share of the column decides (identifier_evidence.h).
 *
 *     A  weak: "Last, First" as the whole cell.  strong: "Mr. Smith" (also Mrs. and Ms.), "patient name: Jane".
 *        Other names of persons cannot be told from other words: the column's name finds them, or nothing does
 *     B  strong: "12 Main St", "PO Box 12", "City, TX 12345", "ZIP 12345", degrees and minutes.  weak: ZIP+4,
 *        decimal coordinates.  Five digits alone, and names of towns, are told by the column's name only
 *     C  strong: 2021-03-04, 3/4/2021 (either order), 4 March 2021, 04MAR2021, March 2021; "aged 93", "93 years old";
 *        a number from 90 to 130 where HINT_AGE.  weak: 3/4/21, 20210304, 2021-03, 20210304101500.  A year is none
 *     D  strong: North American numbers with separators, +CC and 8 to 15 digits, "tel 555-1234".  weak: ten digits
 *        where HINT_PHONE.  E: the same after "fax"
 *     F  strong: local@domain.tld
 *     G  strong: 3-2-4 digits with dashes or spaces and with an area, group and serial number that exist (area
 *        neither 000, 666 nor 900..999, except taxpayer numbers; group not 00; serial not 0000), "SSN 6789".
 *        weak: nine digits where HINT_NUMBER
 *     H  strong: "MRN0012345", "medical record no. 12345"
 *     I  strong: MBI, HICN with dashes, "member id 12345".  weak: HICN without dashes
 *     J  strong: "account no. 12345", IBAN (mod 97), payment card in groups (Luhn).  weak: card number without
 *     K  strong: "licence no. 12345", "NPI 1234567893".  weak: NPI (Luhn over 80840) and DEA number (check digit) alone
 *     L  strong: VIN with letters and check digit, "license plate ABC-123".  weak: other VINs
 *     M  strong: UDI "(01)..." with check digit, hardware address, IMEI with dashes, "serial no. 12345".
 *        weak: IMEI without dashes
 *     N  strong: scheme://..., www...., domain.tld/...
 *     O  strong: IPv4 with an octet of at least 32; IPv6.  weak: other IPv4, which look like versions
 *     P  strong: data:audio/..., names of sound and fingerprint files
 *     Q  strong: data:image/..., names of image files, base64 that starts as JPEG, PNG or GIF
 *     R  strong: UUID, "inmate no. 12345".  weak: hexadecimal digests.  Codes nearly different in every row are
 *        told by identifier_evidence.h
 *
 * A cell that is a declared code of its column, or missing, cannot be an identifier: do not ask.  Nothing is kept or
 * returned but the kind and the place in the cell.  Any bytes may be given, also NUL and invalid UTF-8.
 *
 * Cost: most cells of data (numbers, short codes, words) leave after one table look-up a byte; else linear in n.
 *
 * Formats: MBI, CMS "Understanding the MBI" 2022; NPI check digit, 45 CFR 162.406 and ISO/IEC 7812-1; VIN, 49 CFR
 * 565.15; SSN, SSA POMS RM 10201.035; IMEI, 3GPP TS 23.003 annex B; IBAN, ISO 13616; UDI, GS1 General Specifications.
 */
#ifndef INGEST_IDENTIFIER_VALUE_H
#define INGEST_IDENTIFIER_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "ingest/identifier.h"
#include "ingest/identifier_name.h"

enum { IDENTIFIER_VALUE_MIN = 4 }; /* no shorter cell is an identifier, except with HINT_AGE */

struct identifier_match {
    enum identifier_kind kind;
    bool strong;
    size_t start, length; /* bytes of the cell */
};

/**
 * The first strong match of a cell, else the first weak one.  False, and *match untouched, when there is none.
 * hints: bits of identifier_hints_of_name() for the cell's column, 0 for none.
 */
bool identifier_of_value(const char *bytes, size_t n, unsigned hints, struct identifier_match *match);

/**
 * The next match, strong or weak, from byte `from` on; call again with from = start + length for all of a cell
 * (to mask them, say).  Bytes before `from` still count as neighbours.
 */
bool identifier_next(const char *bytes, size_t n, size_t from, unsigned hints, struct identifier_match *match);

#endif
