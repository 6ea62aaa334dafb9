"""Nonlinear flows of one formula: affine coupling and planar."""
