# SPDX-License-Identifier: GPL-3.0-or-later
# The 54 definitions of the outcome library once more, each written out by itself with texts and patterns, from the
# rules of the articles and not from datasets/outcome-library.  Writes tests/reference/outcome_library.csv: words,
# real and made, and all 62 columns.
#   Rscript scripts/references/outcome_library.R        from the root of the repository

weeks <- function(w) strsplit(w, "")[[1]]
word <- function(s) paste(s, collapse = "")
positive <- function(w) chartr("o*", "++", w)                 # missing and mixed count as positive
seen <- function(w) gsub("o", "", w)                          # missing weeks deleted
part <- function(w, from, to) substr(w, from, to)
n_of <- function(w, symbol) sum(weeks(w) == symbol)
halves <- function(w, symbol) n_of(w, symbol) + n_of(w, "*") / 2
share <- function(w, symbol) if (nchar(w) == 0) 0 else halves(w, symbol) / nchar(w)
last_seen <- function(w) { at <- which(weeks(w) != "o"); if (length(at) == 0) 0 else max(at) }
longest <- function(w, symbol) { r <- rle(weeks(w)); max(0, r$lengths[r$values == symbol]) }
first_run <- function(w, pattern) as.integer(regexpr(pattern, w))  # -1: nowhere
time_event <- function(w, symbol, k) {
  at <- first_run(w, paste0("[", symbol, "]{", k, "}"))
  if (at > 0) c(at, 1) else c(nchar(w) - k + 1, 0)
}
flag <- function(x) as.integer(x)

unseen_lofwall <- function(w) {
  s <- weeks(substr(w, 1, 15))
  for (i in c(8, 10, 12, 14)) s[i] <- s[i - 1]
  word(s)
}
isolated <- function(w) {                                     # Eissenberg: a missing week between two seen ones
  s <- weeks(w); out <- s
  score <- c("+" = 1, "*" = 0.5, "-" = 0)
  for (i in seq_along(s)) if (i > 1 && i < length(s) && s[i] == "o" && s[i - 1] != "o" && s[i + 1] != "o") {
    m <- mean(score[c(s[i - 1], s[i + 1])])
    out[i] <- if (m >= 0.75) "+" else if (m >= 0.25) "*" else "-"
  }
  word(out)
}
own_mode <- function(w) if (n_of(w, "-") > n_of(w, "+") + n_of(w, "*")) "-" else "+"
ling_1976 <- function(w, p, m, o, times) {
  if (last_seen(w) <= 3) return(0)
  s <- weeks(substr(w, 1, 15))
  cost <- ifelse(s == "+", p * times, ifelse(s == "*", m * times, ifelse(s == "o", o, 0)))
  120 - 120 * sum(cost) / sum(p * times)
}
lee_2016 <- function(w) {
  p <- weeks(positive(w)) == "+"
  for (i in seq_len(length(p) - 3)) if (sum(p[i:(i + 3)]) >= 2) return(c(i + 2, 1))
  c(length(p) - 1, 0)
}
fifty_one <- function(w) {
  at <- first_run(substring(positive(w), 3), "[+]{4}")
  if (at > 0) c(at + 2, 1) else c(nchar(w) - 3, 0)
}
lofwall_ab <- function(w) {
  u <- positive(unseen_lofwall(w))
  flag(n_of(part(u, 5, 7), "-") >= 2 && part(u, 8, 8) == "-" && n_of(part(u, 9, 15), "-") * 6 >= 5 * 7)
}

columns_of <- function(w) {
  p <- positive(w); d <- seen(w); n <- nchar(w)
  mokri <- time_event(p, "+", 1)
  shufman <- time_event(chartr("o*", "-+", w), "+", 1)
  relapse4 <- time_event(p, "+", 4); relapse3 <- time_event(p, "+", 3)
  lee <- lee_2016(w); xbot <- fifty_one(w); dropout <- time_event(w, "o", 4)
  thirty <- weeks(p)
  free_all <- 1 - halves(w, "+") / n
  free_seen <- if (nchar(d) == 0) 1 else 1 - halves(d, "+") / nchar(d)
  until <- last_seen(w)
  matticks <- if (until == 0) 0 else share(part(w, 1, until), "-")
  c(Ab_ctnNinetyFour_2023 = flag(!grepl("[+*]", part(w, 12, 15)) && n_of(part(w, 12, 15), "o") <= 1),
    Ab_fiellin_2006 = n_of(p, "-"),
    Ab_kosten_1993 = flag(grepl("---", w, fixed = TRUE)),
    Ab_krupitskyA_2011 = flag(!grepl("+", part(p, 5, 15), fixed = TRUE)),
    Ab_krupitskyB_2011 = n_of(part(p, 5, 15), "-"),
    Ab_ling_1998 = flag(grepl("----", w, fixed = TRUE)),
    Ab_lofwall_2018 = lofwall_ab(w),
    AbT_mokri_2016 = mokri[1], AbE_mokri_2016 = mokri[2],
    Ab_schottenfeld_2005 = longest(chartr("*", "+", d), "-"),
    AbT_schottenfeldA_2008 = mokri[1], AbE_schottenfeldA_2008 = mokri[2],
    Ab_schottenfeldB_2008 = longest(p, "-"),
    AbT_shufman_1994 = shufman[1], AbE_shufman_1994 = shufman[2],
    Ab_ctnThirty_2011 = flag(thirty[n] == "-" && sum(thirty[(n - 3):(n - 1)] == "+") <= 1),
    Rd_comer_2006 = share(part(w, 1, 8), "-"),
    Rd_eissenberg_1997 = flag(until >= 15 && grepl("----", part(isolated(w), 1, 15), fixed = TRUE)),
    Rd_fiellin_2006 = share(w, "-"),
    Rd_fudala_2003 = share(d, "-"),
    Rd_haight_2019 = share(part(w, 5, 15), "-"),
    Rd_jaffe_1972 = if (until < 8) 0 else share(chartr("o", own_mode(w), w), "-"),
    Rd_johnson_1992 = share(w, "-"),
    Rd_kostenB_1993 = flag(nchar(d) > 0 && 20 * halves(part(d, 1, 15), "-") >= 14 * nchar(part(d, 1, 15))),
    Rd_lingA_1998 = share(part(d, 1, 15), "-"),
    Rd_lingC_1998 = halves(part(w, 1, 15), "-"),
    Rd_ling_2010 = share(part(w, 1, 15), "-"),
    Rd_lingA_1976 = ling_1976(w, 1, 0.5, 0.22, rep(1:5, each = 3)),
    Rd_lingB_1976 = ling_1976(w, 0.8, 0.4, 1.0, seq(1, 5, length.out = 15)),
    Rd_lofwall_2018 = share(chartr("o", "+", unseen_lofwall(w)), "-"),
    Rd_mattickA_2003 = matticks,
    Rd_mattickB_2003 = share(part(w, 1, 13), "-"),
    Rd_paniA_2000 = share(d, "-"),
    Rd_paniB_2000 = share(w, "-"),
    Rd_petitjean_2001 = 1 - halves(chartr("o", "+", w), "+") / n,
    Rd_preston_2000 = share(part(w, 1, 13), "-"),
    Rd_schottenfeld_2005 = share(d, "-"),
    Ab_schwartz_2006 = flag(part(w, 15, 15) == "-"),
    Rd_shufman_1994 = free_all,
    Rd_soyka_2008 = free_seen,
    Rd_strain_1993 = 1 - halves(part(w, 6, 15), "+") / 10,
    Rd_strain_1994 = free_all,
    Rd_strain_1996 = free_seen,
    Rd_strain_1999 = free_all,
    Rd_strang_2010 = flag(halves(part(w, n - 11, n), "-") >= 6),
    Rd_strang_2019 = share(part(w, 1, 12), "-"),
    Rd_tanum_2017 = matticks,
    Rd_wolstein_2009 = share(d, "-"),
    Rd_woody_2008 = 1 - halves(word(weeks(chartr("o", "+", w))[c(4, 8, 12)]), "+") / 3,
    Rd_zaks_1972 = nchar(d) - halves(d, "+"),
    RsT_ctnNinetyFour_2023 = relapse4[1], RsE_ctnNinetyFour_2023 = relapse4[2],
    DrT_ctnNinetyFour_2023 = dropout[1], DrE_ctnNinetyFour_2023 = dropout[2],
    RsT_schottenfeld_2008 = relapse3[1], RsE_schottenfeld_2008 = relapse3[2],
    RsT_lee_2016 = lee[1], RsE_lee_2016 = lee[2],
    RsT_ctnFiftyOne_2018 = xbot[1], RsE_ctnFiftyOne_2018 = xbot[2],
    Rs_johnson_1992 = flag(grepl("++", substring(p, 4), fixed = TRUE)),
    Rs_krupitsky_2004 = flag(grepl("+++", p, fixed = TRUE)))
}

set.seed(20261128)
real <- unique(read.csv("tests/reference/ctn0094_outcome_columns.csv", colClasses = "character")$pattern)
real <- real[order(real, method = "radix")]
real <- real[round(seq(1, length(real), length.out = 250))]
made <- unlist(lapply(list(c(5, 2, 2, 4), c(8, 1, 1, 2), c(1, 1, 1, 1), c(2, 6, 1, 3), c(6, 1, 0, 1)), function(weight)
  vapply(1:40, function(i) word(sample(c("-", "+", "*", "o"), sample(15:40, 1), TRUE, weight)), "")))
plain <- c(strrep("o", 15), strrep("-", 15), strrep("+", 15), strrep("*", 24), strrep("-o", 12), strrep("+-", 12))
words <- unique(c(plain, real, made))
table <- t(vapply(words, columns_of, columns_of(strrep("-", 15))))
text <- matrix(vapply(table, function(x) sub("^-0$", "0", format(x, digits = 17)), ""), nrow(table))
out <- rbind(c("word", colnames(table)), cbind(words, text))
writeLines(apply(out, 1, paste, collapse = ","), "tests/reference/outcome_library.csv")

# ---- datasets/ctn0094/definitions.yaml: X:BOT, 24 weeks from randomisation, events by day 140 ------------------------

people <- read.csv("datasets/ctn0094/participants.csv", colClasses = "character")
people <- people[people$trial == "XBOT" & people$arm != "", ]
visits <- read.csv("datasets/ctn0094/visits.csv", colClasses = "character")
urine <- read.csv("datasets/ctn0094/uds_positive.csv", colClasses = "character")
weekly <- function(id, arm, rand) {
  held <- as.integer(visits$day[visits$id == id & visits$status %in% c("visit", "final") & visits$day != ""]) - rand
  opioid <- c("Opioid", "Methadone", if (arm == "XR_NTX") "Buprenorphine")
  bad <- as.integer(urine$day[urine$id == id & urine$substance %in% opioid]) - rand
  word(vapply(1:24, function(w) {
    days <- (7 * w - 6):(7 * w)
    plus <- any(bad %in% days); minus <- any(setdiff(held, bad) %in% days)
    if (plus && minus) "*" else if (plus) "+" else if (minus) "-" else "o"
  }, ""))
}
words <- mapply(weekly, people$id, people$arm, as.integer(people$rand_day))
values <- t(vapply(words, columns_of, columns_of(strrep("-", 15))))
by_140 <- function(name) values[, paste0(substr(name, 1, 2), "E", substring(name, 3))] == 1 &
  7 * (values[, paste0(substr(name, 1, 2), "T", substring(name, 3))] - 1) + 1 <= 140
events <- list(
  four_in_a_row = by_140("Rs_ctnNinetyFour_2023"), from_week_3 = by_140("Rs_ctnFiftyOne_2018"),
  three_in_a_row = by_140("Rs_schottenfeld_2008"), two_of_four = by_140("Rs_lee_2016"),
  first_lapse = by_140("Ab_mokri_2016"), first_positive = by_140("Ab_shufman_1994"),
  dropout = by_140("Dr_ctnNinetyFour_2023"), three_clean = values[, "Ab_kosten_1993"] == 1,
  clean_12_to_15 = values[, "Ab_ctnNinetyFour_2023"] == 1, last_week_clean = values[, "Ab_ctnThirty_2011"] == 1,
  half_of_seen = values[, "Rd_fudala_2003"] >= 0.5, half_of_all = values[, "Rd_fiellin_2006"] >= 0.5)
lines <- "outcome,arm,n,n_event"
for (name in names(events)) for (arm in c("XR_NTX", "BUP_NX"))
  lines <- c(lines, paste(name, arm, sum(people$arm == arm), sum(events[[name]][people$arm == arm]), sep = ","))
writeLines(lines, "tests/reference/ctn0094_definitions.csv")

lines <- "outcome,estimate,std_error,df,p_value,conf_low,conf_high"
for (name in c("Rd_fiellin_2006", "Rd_lingA_1976")) {
  t <- t.test(values[people$arm == "XR_NTX", name], values[people$arm == "BUP_NX", name])
  lines <- c(lines, paste(name, paste(sprintf("%.15g", c(t$estimate[1] - t$estimate[2], t$stderr, t$parameter, t$p.value,
                                                         t$conf.int)), collapse = ","), sep = ","))
}
writeLines(sub("^Rd_fiellin_2006", "share_negative", sub("^Rd_lingA_1976", "use_score", lines)),
           "tests/reference/ctn0094_means.csv")
