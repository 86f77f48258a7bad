"""Static stress of a mixture of phases along an extent of reaction."""
