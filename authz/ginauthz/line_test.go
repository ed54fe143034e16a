package ginauthz_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/ginauthz"
)

// Behind an adapter the line names the routes, though the texts of panics are left out.
func TestForeignRoutesAreInTheLine(t *testing.T) {
	engine := gin.New()
	r := ginauthz.New(engine, &authz.Guard{Identifier: callers}, nil)
	r.GET("/hello", authz.Public(), hello)
	engine.GET("/admin", hello)

	var log bytes.Buffer
	h := adapter.New(r, &adapter.Options{Logger: slog.New(slog.NewJSONHandler(&log, nil))})
	event := `{"version":"2.0","routeKey":"$default","rawPath":"/hello","rawQueryString":"","headers":{"host":"localhost"},"requestContext":{"apiId":"a1b2c3d4e5","http":{"method":"GET","path":"/hello","protocol":"HTTP/1.1","sourceIp":"192.0.2.1"},"stage":"$default"},"isBase64Encoded":false}`
	reply, err := h.Invoke(context.Background(), []byte(event))
	if err != nil || !strings.Contains(string(reply), `"statusCode":500`) {
		t.Errorf("%s, %v", reply, err)
	}
	const said = "ginauthz: these routes were registered without a requirement, so nothing is served: GET /admin"
	if !strings.Contains(log.String(), `"panic":"`+said+`"`) {
		t.Errorf("no line has %q:\n%s", said, log.String())
	}
	page, err := os.ReadFile("../../docs/troubleshooting.md")
	if err != nil || !strings.Contains(string(page), said) {
		t.Errorf("docs/troubleshooting.md does not quote %q: %v", said, err)
	}
}
