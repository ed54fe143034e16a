// Package compat holds what is tested or timed beside other people's code, in a
// module of its own, so that none of that code is among the requirements of those
// who import gatehouse.
package compat
