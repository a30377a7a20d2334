# SPDX-License-Identifier: GPL-3.0-or-later
# Files of Stata, SPSS and SAS written by R, and what R reads from them: tests/reference/formats.
#     Rscript scripts/references/formats.R [FOLDER]
# foreign writes Stata files by code of its own; haven writes and reads by ReadStat, as stepdown reads.
suppressMessages({library(foreign); library(haven)})
options(digits.secs = 0)
out <- commandArgs(TRUE)
out <- if (length(out) > 0) out[1] else "tests/reference/formats"

set.seed(20261121)
n <- 40
people <- data.frame(
  id = sprintf("P%03d", seq_len(n)),
  age = sample(c(18:88, NA), n, TRUE),
  dose = round(rexp(n, 0.1), 3) / 7,
  sex = factor(sample(c("male", "female"), n, TRUE), levels = c("male", "female")),
  came = as.Date("2019-01-01") + sample(0:900, n, TRUE),
  word = sample(c("plain", "with, comma", "with \"quote\"", "caf\u00e9", ""), n, TRUE),
  stringsAsFactors = FALSE)
people$came[7] <- NA

# What a codebook of stepdown meets: factors as their codes, the shortest decimal that is the same double.
shortest <- function(x) {
  one <- function(v) {
    if (is.na(v)) return("")
    for (digits in 15:17) {
      text <- formatC(v, digits = digits, width = 1, format = "g")
      if (as.numeric(text) == v) return(text)
    }
  }
  vapply(x, one, "")
}
answer <- function(read, name) {
  text <- function(x) if (is.character(x)) ifelse(is.na(x), "", x) else if (inherits(x, "Date")) ifelse(is.na(x), "", format(x)) else
    shortest(as.numeric(x))
  table <- as.data.frame(lapply(read, text), stringsAsFactors = FALSE)
  names(table) <- names(read)
  write.csv(table, file.path(out, paste0(name, ".csv")), row.names = FALSE, quote = TRUE, fileEncoding = "UTF-8")
}

# foreign has no dates in Stata files but days since 1960 with a format that it writes for class Date.
ascii <- people; ascii$word <- sub("\u00e9", "e", ifelse(ascii$word == "", "none", ascii$word)) # it writes neither
for (version in c(7, 8, 10)) {
  name <- sprintf("foreign-%d", version)
  path <- file.path(out, paste0(name, ".dta"))
  write.dta(ascii, path, version = version, convert.factors = "labels")
  answer(read_dta(path), name)
}
labelled <- people
labelled$sex <- labelled(as.numeric(people$sex), c(male = 1, female = 2), label = "Sex")
for (version in c(8, 13, 15)) {
  name <- sprintf("haven-%d", version)
  path <- file.path(out, paste0(name, ".dta"))
  write_dta(labelled, path, version = version)
  answer(read_dta(path), name)
}
for (compress in c("none", "byte", "zsav")) {
  name <- paste0("haven-", compress)
  path <- file.path(out, paste0(name, if (compress == "zsav") ".zsav" else ".sav"))
  write_sav(labelled, path, compress = compress)
  answer(read_sav(path), name)
}
plain <- people; plain$sex <- as.numeric(people$sex)
for (version in c(5, 8)) {
  name <- sprintf("haven-xport-%d", version)
  path <- file.path(out, paste0(name, ".xpt"))
  write_xpt(plain, path, version = version, name = "PEOPLE")
  answer(read_xpt(path), name)
}
