"""What the fake does with each parameter: claims, their proofs, and the page that tells them."""
