package uploads

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// S3 signs for one bucket. It is safe for concurrent use.
type S3 struct {
	client *s3.PresignClient
	bucket string
}

// NewS3 returns a Signer for a bucket, with the client's credentials. A URL ends with
// them, if that is sooner: those of a function's role are valid for hours.
func NewS3(client *s3.Client, bucket string) *S3 {
	return &S3{s3.NewPresignClient(client, s3.WithPresignExpires(Lifetime)), bucket}
}

// Put signs type and size, and If-None-Match, without which the URL would replace
// the object for as long as it works
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html).
func (s *S3) Put(ctx context.Context, key, contentType string, size int64) (Request, error) {
	signed, err := s.client.PresignPutObject(ctx, &s3.PutObjectInput{
		Bucket:        &s.bucket,
		Key:           &key,
		ContentType:   &contentType,
		ContentLength: &size,
		IfNoneMatch:   aws.String("*"),
	})
	if err != nil {
		return Request{}, err
	}
	return request(signed.Method, signed.URL, signed.SignedHeader), nil
}

// Get signs that the file is a download, of a type that no browser shows: a page
// that somebody stored must not run under the bucket's name.
func (s *S3) Get(ctx context.Context, key, name string) (Request, error) {
	signed, err := s.client.PresignGetObject(ctx, &s3.GetObjectInput{
		Bucket:                     &s.bucket,
		Key:                        &key,
		ResponseContentDisposition: aws.String(attachment(name)),
		ResponseContentType:        aws.String("application/octet-stream"),
	})
	if err != nil {
		return Request{}, err
	}
	return request(signed.Method, signed.URL, signed.SignedHeader), nil
}

func request(method, url string, signed http.Header) Request {
	headers := map[string]string{}
	for name, values := range signed {
		switch name := http.CanonicalHeaderKey(name); name {
		case "Host", "Content-Length": // every client sends them by itself
		default:
			headers[name] = values[0]
		}
	}
	return Request{method, url, headers, time.Now().Add(Lifetime).UTC().Truncate(time.Second)}
}
