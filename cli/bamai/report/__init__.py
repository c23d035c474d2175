"""Reports: `content` decides what is said and in which order, the skins only how it looks."""
