"""The parts that all flows share: the building block, its composition, the density, and the way in for levels."""
