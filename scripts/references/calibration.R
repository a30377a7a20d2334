# SPDX-License-Identifier: GPL-3.0-or-later
# Groups of people by predicted probability: writes tests/reference/calibration_rows.csv and calibration_groups.csv.
#   Rscript scripts/references/calibration.R        from the root of the repository
set.seed(20261130)
write <- function(table, name)
  write.table(format(table, digits = 17, trim = TRUE, scientific = FALSE), file.path("tests/reference", name), sep = ",",
              quote = FALSE, row.names = FALSE)

# Predictions with ties (rounded), and rows that stand for several people.
n <- 400
rows <- data.frame(p = round(plogis(rnorm(n, -0.4, 1)), 2), count = sample(0:4, n, TRUE))
rows$y <- rbinom(n, 1, plogis(0.8 * qlogis(pmin(pmax(rows$p, 0.01), 0.99)) + 0.2))
write(rows, "calibration_rows.csv")

# One person a row; a person's group is that of the last one with the same prediction, counted along the sorted people.
people <- rows[rep(seq_len(n), rows$count), ]
people <- people[order(people$p), ]
groups <- do.call(rbind, lapply(c(4, 10), function(g) {
  last <- as.vector(tapply(seq_len(nrow(people)), people$p, max)[as.character(people$p)])
  reached <- floor(last * g / nrow(people))            # so many of the g shares are full by then
  # A value belongs to the group that is open when it begins.
  values <- sort(unique(people$p))
  full <- reached[match(values, people$p)]
  open <- c(0, full[-length(full)])
  id <- match(open, unique(open))[match(people$p, values)]
  do.call(rbind, lapply(split(people, id), function(part) {
    x <- sum(part$y); m <- nrow(part)
    limits <- prop.test(x, m, correct = FALSE)$conf.int
    data.frame(groups = g, n = m, n_event = x, predicted = mean(part$p), observed = x / m, conf_low = limits[1], conf_high = limits[2])
  }))
}))
write(groups, "calibration_groups.csv")
