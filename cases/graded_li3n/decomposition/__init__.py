"""What Li2ZrCl6 becomes with lithium when its products are constrained (Fig. 7)."""
