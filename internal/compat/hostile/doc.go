// Package hostile sends requests that aim at handlers their callers may not run
// to one policy in every router there is a registration package for, behind
// every front.
package hostile
