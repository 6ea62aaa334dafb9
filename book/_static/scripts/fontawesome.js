// Stands in for the theme's 1.5 MB script of the same name: the icons come from its style sheet and fonts.
