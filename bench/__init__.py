"""What the speed claims rest on: the same questions asked of Skilltrack and of a peer, in one run."""
