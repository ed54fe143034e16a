//go:build !race

package claims_test

const raceEnabled = false
