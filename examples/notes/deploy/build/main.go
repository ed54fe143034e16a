// Command build makes the archive that Lambda runs: the function for arm64,
// without the RPC mode of Go's old runtime, without paths and symbols. The same
// source makes the same bytes, so that nothing is deployed twice.
//
//	go run ./examples/notes/deploy/build [-o examples/notes/deploy/bootstrap.zip] [PACKAGE]
package main

import (
	"archive/zip"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

func main() {
	log.SetFlags(0)
	out := flag.String("o", "examples/notes/deploy/bootstrap.zip", "the archive to write")
	flag.Parse()
	function := "./examples/notes/lambda"
	if flag.NArg() > 0 {
		function = flag.Arg(0)
	}
	size, err := build(function, *out)
	if err != nil {
		log.Fatal("build: ", err)
	}
	fmt.Printf("%s: bootstrap has %d bytes\n", *out, size)
}

func build(function, out string) (size int, err error) {
	dir, err := os.MkdirTemp("", "build")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "bootstrap")
	cmd := exec.Command("go", "build", "-tags", "lambda.norpc", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", binary, function)
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("go build %s: %w\n%s", function, err, output)
	}
	content, err := os.ReadFile(binary)
	if err != nil {
		return 0, err
	}
	return len(content), pack(out, content)
}

// pack writes an archive with one executable file and no time of its own.
func pack(out string, content []byte) error {
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	z := zip.NewWriter(f)
	header := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate, Modified: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}
	header.SetMode(0o755)
	w, err := z.CreateHeader(header)
	if err != nil {
		return err
	}
	if _, err := w.Write(content); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return f.Close()
}
