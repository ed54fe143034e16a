// Package migration holds the programs of the README's diffs, and tests that
// they answer the same before and after.
//
// Each folder is one program. Its main_library.go, built with the tag library,
// is main as it was, and main.go as it becomes; whatever else lies beside them
// belongs to both. Where the old library cannot be had, main_library.go is
// missing.
//
// It is a module of its own, so that nobody who uses gatehouse meets these
// frameworks:
//
//	go vet ./... && go vet -tags library ./... && go test ./...
package migration
