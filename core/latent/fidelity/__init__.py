"""Do synthetic rows look like people? Tests and measures, the same of real people and of copies, and a verdict."""
