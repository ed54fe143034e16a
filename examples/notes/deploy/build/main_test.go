package main

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// The same function must make the same archive, on another day and in another
// folder: its hash is what says whether to deploy.
func TestPackIsReproducible(t *testing.T) {
	var archives [2][]byte
	for i := range archives {
		out := filepath.Join(t.TempDir(), "bootstrap.zip")
		if err := pack(out, []byte("a binary")); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(out, time.Now(), time.Now().Add(time.Duration(i)*time.Hour)); err != nil {
			t.Fatal(err)
		}
		var err error
		if archives[i], err = os.ReadFile(out); err != nil {
			t.Fatal(err)
		}
		r, err := zip.OpenReader(out)
		if err != nil {
			t.Fatal(err)
		}
		if f := r.File[0]; len(r.File) != 1 || f.Name != "bootstrap" || f.Mode().Perm() != 0o755 {
			t.Errorf("the archive has %d files, first %s with mode %v", len(r.File), f.Name, f.Mode())
		}
		r.Close()
	}
	if !bytes.Equal(archives[0], archives[1]) {
		t.Error("the same content made two different archives")
	}
}
