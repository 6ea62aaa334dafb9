"""Flows whose x_j is a function of z_j and of x_1, ..., x_{j-1}: a triangular Jacobian."""
