package awslabs_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"mime/multipart"
	"net/http"
	"os"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"

	"github.com/gatehouse-go/gatehouse/adapter/awslabs"
)

// TestUploadsLeaveNothing: Export and Import hand on a copy of the request, which
// hides the form from the clean-up of whoever made the request.
func TestUploadsLeaveNothing(t *testing.T) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, _ := form.CreateFormFile("file", "a.bin")
	_, _ = file.Write(make([]byte, 200<<10))
	_ = form.Close()
	event := events.APIGatewayProxyRequest{
		HTTPMethod: "POST", Path: "/", Headers: map[string]string{"Content-Type": form.FormDataContentType()},
		Body: base64.StdEncoding.EncodeToString(body.Bytes()), IsBase64Encoded: true,
		RequestContext: events.APIGatewayProxyRequestContext{APIID: "a"},
	}
	for name, invoke := range map[string]func(http.Handler) error{
		"Export": func(h http.Handler) error {
			_, err := awslabs.New(h, nil).ProxyWithContext(context.Background(), event) // which exports
			return err
		},
		"Import": func(h http.Handler) error {
			_, err := httpadapter.New(awslabs.Import(h)).ProxyWithContext(context.Background(), event)
			return err
		},
	} {
		folder := t.TempDir()
		t.Setenv("TMPDIR", folder)
		files := func() int { entries, _ := os.ReadDir(folder); return len(entries) }
		err := invoke(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusNoContent) // without which the library fails
			if err := r.ParseMultipartForm(1 << 10); err != nil || files() == 0 {
				t.Errorf("%s: %d files (%v): this test shows nothing", name, files(), err)
			}
		}))
		if n := files(); n != 0 || err != nil {
			t.Errorf("%s: %d temporary files are left (%v)", name, n, err)
		}
	}
}
