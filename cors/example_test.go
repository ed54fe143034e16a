package cors_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/gatehouse-go/gatehouse/cors"
)

func Example() {
	api := cors.MustNew(cors.Config{
		AllowOrigins: []string{"https://app.example.com", "http://localhost:*"},
		AllowMethods: []string{"GET", "POST", "DELETE"},
		AllowHeaders: []string{"Authorization", "Content-Type"},
		MaxAge:       600,
	})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "hello")
	})
	h := api.Wrap(mux) // for lambda.Start(adapter.New(h, nil)), or http.ListenAndServe

	r := httptest.NewRequest("GET", "/hello", nil)
	r.Header.Set("Origin", "http://localhost:5173")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Println(w.Header().Get("Access-Control-Allow-Origin"))
	// Output: http://localhost:5173
}

// requireToken stands for authorization: package authz, or any other.
func requireToken(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			http.Error(w, "no token", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// browse sends what a browser sends when a page of the app wants to delete a
// note: first the preflight, which never has a token, and only if that is
// granted the request itself, here with a token that has been lost.
func browse(h http.Handler) {
	preflight := httptest.NewRequest("OPTIONS", "/notes/7", nil)
	preflight.Header.Set("Origin", "https://app.example.com")
	preflight.Header.Set("Access-Control-Request-Method", "DELETE")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, preflight)
	fmt.Println("preflight:", w.Code)
	if w.Code != http.StatusNoContent {
		fmt.Println("the browser gives up")
		return
	}
	r := httptest.NewRequest("DELETE", "/notes/7", nil)
	r.Header.Set("Origin", "https://app.example.com")
	w = httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Println("request:", w.Code, "readable by", w.Header().Get("Access-Control-Allow-Origin"))
}

var notes = cors.Config{
	AllowOrigins: []string{"https://app.example.com"},
	AllowMethods: []string{"GET", "DELETE"},
	AllowHeaders: []string{"Authorization"},
}

// The right order: cors outside authorization. Preflights are answered, and the
// page can read that it has to log in again.
func ExampleMiddleware_Wrap() {
	browse(cors.MustNew(notes).Wrap(requireToken(http.NotFoundHandler())))
	// Output:
	// preflight: 204
	// request: 401 readable by https://app.example.com
}

// The wrong order: authorization outside cors refuses the preflight, since no
// preflight carries a token, and the page is told of a network error.
func ExampleMiddleware_Wrap_wrongOrder() {
	browse(requireToken(cors.MustNew(notes).Wrap(http.NotFoundHandler())))
	// Output:
	// preflight: 401
	// the browser gives up
}

// An answer that is made outside of Wrap, such as that of a maintenance page,
// gets its headers from Apply.
func ExampleMiddleware_Apply() {
	api := cors.MustNew(notes)
	r := httptest.NewRequest("GET", "/notes", nil)
	r.Header.Set("Origin", "https://app.example.com")

	w := httptest.NewRecorder()
	api.Apply(w.Header(), r)
	http.Error(w, "back soon", http.StatusServiceUnavailable)
	fmt.Println(w.Code, "readable by", w.Header().Get("Access-Control-Allow-Origin"))
	// Output: 503 readable by https://app.example.com
}

func ExampleNew() {
	_, err := cors.New(cors.Config{
		AllowOrigins:     []string{"*", "https://app.example.com/"},
		AllowMethods:     []string{"put"},
		AllowCredentials: true,
	})
	fmt.Println(err)
	// Output:
	// cors: AllowOrigins: "*": with AllowCredentials it would let every page act as its visitor
	// cors: AllowOrigins: "https://app.example.com/": an origin has no path and no trailing slash
	// cors: AllowMethods: "put": methods are case-sensitive, and this one is upper case
}

// The gateway's settings, as "aws apigatewayv2 get-api" prints them, decode into
// a Config.
func ExampleMismatch() {
	var api struct{ CorsConfiguration cors.Config }
	err := json.Unmarshal([]byte(`{
		"ApiId": "a1b2c3d4",
		"CorsConfiguration": {
			"AllowCredentials": false,
			"AllowHeaders": ["content-type"],
			"AllowMethods": ["GET", "DELETE"],
			"AllowOrigins": ["https://app.example.com"],
			"MaxAge": 0
		}
	}`), &api)
	if err != nil {
		fmt.Println(err)
	}
	for _, difference := range cors.Mismatch(notes, api.CorsConfiguration) {
		fmt.Println(difference)
	}
	// Output:
	// AllowHeaders: "Authorization": allowed by the app only
	// AllowHeaders: "content-type": allowed by the gateway only
}
