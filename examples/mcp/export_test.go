package mcp

var WithoutToken = withoutToken
