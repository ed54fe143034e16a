// Command local runs the API for files on a laptop, with a token issuer and a bucket
// beside it.
package main

import (
	"flag"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/internal/bucket"
	"github.com/gatehouse-go/gatehouse/examples/uploads"
)

// bucketName is also the first segment of every URL of the bucket.
const bucketName = "files"

func main() {
	addr := flag.String("addr", "localhost:8080", "`address` of the API")
	issuer := flag.String("issuer", "localhost:8081", "`address` of the token issuer")
	objects := flag.String("bucket", "127.0.0.1:8082", "`address` of the bucket, which should stay on loopback")
	flag.Parse()
	if err := run(*addr, *issuer, *objects); err != nil {
		log.Fatal(err)
	}
}

func run(addr, issuer, objects string) error {
	listener, err := net.Listen("tcp", objects)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: bucket.New(bucketName), ReadHeaderTimeout: 10 * time.Second}
	go func() { log.Print(server.Serve(listener)) }()
	defer server.Close()
	h, opts, err := setUp(issuer, "http://"+listener.Addr().String())
	if err != nil {
		return err
	}
	return local.ListenAndServe(addr, h, opts)
}

// setUp makes the API for a bucket at endpoint.
func setUp(issuerAddr, endpoint string) (http.Handler, *local.Options, error) {
	issuer, err := local.NewIssuer(local.IssuerConfig{
		URL: "http://" + issuerAddr,
		Clients: []local.Client{
			{ID: "camera", Secret: "camera-secret", Scopes: []string{uploads.ReadScope, uploads.WriteScope}},
			{ID: "viewer", Secret: "viewer-secret", Scopes: []string{uploads.ReadScope}},
		},
	})
	if err != nil {
		return nil, nil, err
	}
	who, err := claims.New(claims.Config{Issuers: []string{issuer.URL()}})
	if err != nil {
		return nil, nil, err
	}
	client := s3.New(s3.Options{
		Region:       bucket.Region,
		BaseEndpoint: &endpoint,
		UsePathStyle: true,
		Credentials:  credentials.StaticCredentialsProvider{Value: bucket.Credentials},
	})
	mux := uploads.Handler(who, uploads.NewS3(client, bucketName))
	return mux, &local.Options{
		Policy:  mux,
		Issuers: []*local.Issuer{issuer},
		Try: []local.Try{
			{Method: "POST", Path: "/uploads", Client: "camera", Body: `{"size":5,"type":"text/plain"}`, Want: http.StatusCreated},
			{Method: "POST", Path: "/uploads", Client: "camera", Body: `{"size":0,"type":"text/plain"}`, Want: http.StatusUnprocessableEntity},
			{Method: "POST", Path: "/uploads", Client: "viewer", Body: `{"size":5,"type":"text/plain"}`, Want: http.StatusForbidden},
		},
	}, nil
}
