"""The pages of the website, one file per group of them."""
