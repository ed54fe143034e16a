//go:build race

package adapter_test

func init() { raceEnabled = true }
