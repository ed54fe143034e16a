// Package process holds Lambda functions that do the same in different ways, for
// .ci/bench process to measure as processes: start, first reply, CPU, memory.
package process
