//go:build !race

package awslabs_test

const raceEnabled = false
