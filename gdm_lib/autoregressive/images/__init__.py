"""Autoregressive models of images: PixelCNN, with and without its blind spot, and their samplers."""
