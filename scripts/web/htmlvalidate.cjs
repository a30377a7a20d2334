// SPDX-License-Identifier: GPL-3.0-or-later
// Rules for html-validate: what the HTML standard asks, without those on style.
module.exports = {
  root: true,
  extends: ["html-validate:standard"],
  rules: {
    "attribute-boolean-style": "off", // the pages are well-formed XML too: hidden="hidden"
    "void-style": "off",              // and <meta ... />
    "long-title": "off",              // a title is the study's
    "no-inline-style": "off",
    "no-trailing-whitespace": "off",
    "prefer-native-element": "off",
    "wcag/h32": "off",                // filters work at once; there is nothing to submit
  },
};
