"""Promises that every plugin and every port's twin keeps."""
