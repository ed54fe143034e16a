package local_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

func TestGETMakesNothing(t *testing.T) {
	onConsole(t, http.HandlerFunc(whoami), local.Options{}, func(c *consolePage) {
		for _, path := range []string{"/console/mint", "/console/try", "/console/clear"} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				if status, _ := c.do(method, path, ""); status != http.StatusMethodNotAllowed {
					t.Errorf("%s %s: status %d, want 405", method, path, status)
				}
			}
		}
	})
}

func TestMint(t *testing.T) {
	onConsole(t, http.HandlerFunc(whoami), local.Options{}, func(c *consolePage) {
		for name, row := range map[string]struct {
			order  string
			status int
			line   string
		}{
			"a client's":         {`{"client":"reader","scopes":["notes-api/read"],"use":"access","expires":60}`, 200, ""},
			"a user's":           {`{"client":"page","user":"alice","groups":["admin"],"use":"access","expires":60}`, 200, ""},
			"an ID token":        {`{"client":"page","user":"alice","use":"id","expires":60}`, 200, ""},
			"expired":            {`{"client":"reader","use":"access","expires":-60}`, 401, "token expired"},
			"a wrong audience":   {`{"client":"reader","use":"access","expires":60,"wrong":"audience"}`, 401, "wrong audience"},
			"a wrong issuer":     {`{"client":"reader","use":"access","expires":60,"wrong":"issuer"}`, 401, "wrong issuer"},
			"a wrong signature":  {`{"client":"reader","use":"access","expires":60,"wrong":"signature"}`, 401, "token not verified"},
			"not what is needed": {`{"client":1}`, 400, ""},
			"more than is known": {`{"client":"reader","evil":true}`, 400, ""},
		} {
			status, reply := c.do(http.MethodPost, "/console/mint", row.order)
			var minted struct{ Token string }
			if status == 200 {
				if err := json.Unmarshal([]byte(reply), &minted); err != nil {
					t.Fatal(err)
				}
				status, _ = call(t, c.api+"/x", minted.Token)
			}
			if status != row.status {
				t.Errorf("%s: status %d, want %d", name, status, row.status)
			}
			if row.line != "" {
				_, latest := c.watch(func(latest map[uint64]shown) bool {
					for _, s := range latest {
						if s.Stop != nil && strings.Contains(s.Stop.Why, row.line) {
							return true
						}
					}
					return false
				})
				if len(latest) == 0 {
					t.Errorf("%s: no request is shown", name)
				}
			}
		}
	})
}

// Try asks this gateway and nobody else, whatever the path.
func TestTryGoesNowhereElse(t *testing.T) {
	elsewhere := make(chan string, 100)
	trap := listen(t)
	defer trap.Close()
	go func() {
		for {
			conn, err := trap.Accept()
			if err != nil {
				return
			}
			elsewhere <- conn.RemoteAddr().String()
			conn.Close()
		}
	}()
	redirects := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "http://"+trap.Addr().String()+"/")
		w.WriteHeader(http.StatusFound)
	})
	onConsole(t, redirects, local.Options{Configure: nil}, func(c *consolePage) {
		token, err := c.issuer.Token(map[string]any{"sub": "reader", "client_id": "reader"})
		if err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]int{
			"/x": 200, "//" + trap.Addr().String(): 200, "/@" + trap.Addr().String(): 200, "/../x": 200, "/%0d%0aHost:%20evil": 200,
			"@" + trap.Addr().String(): 400, "http://" + trap.Addr().String(): 400, "": 400, ":1/": 400, "/ x": 400, "/\r\nHost: evil": 400, "/#x": 400,
		} {
			body, err := json.Marshal(map[string]string{"method": "GET", "path": path, "token": token})
			if err != nil {
				t.Fatal(err)
			}
			if status, reply := c.do(http.MethodPost, "/console/try", string(body)); status != want {
				t.Errorf("%q: status %d, want %d: %s", path, status, want, reply)
			}
		}
		for name, body := range map[string]string{
			"a method":       `{"method":"GET /","path":"/","token":""}`,
			"a header":       `{"method":"GET","path":"/","token":"x\r\nEvil: 1"}`,
			"another member": `{"method":"GET","path":"/","url":"http://evil.example"}`,
		} {
			if status, _ := c.do(http.MethodPost, "/console/try", body); status != http.StatusBadRequest {
				t.Errorf("%s: status %d, want 400", name, status)
			}
		}
	})
	select {
	case from := <-elsewhere:
		t.Errorf("somebody else was asked, from %s", from)
	default:
	}
}
