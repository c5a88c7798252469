"""What fitting the action units is made of: rendered examples, the fit, and the figures that judge it."""
