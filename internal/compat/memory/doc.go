// Package memory measures what large bodies hold of a function's memory, beside
// the archived library, in processes that hold nothing else.
package memory
