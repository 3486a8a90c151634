"""Voxels, neighbours, normals, paths, cameras: numpy in, numpy out."""
