module github.com/gatehouse-go/gatehouse/authz/chiauthz

go 1.25.0

require (
	github.com/gatehouse-go/gatehouse v0.0.0
	github.com/go-chi/chi/v5 v5.2.3
	github.com/google/go-cmp v0.7.0
)

require github.com/aws/aws-lambda-go v1.54.0 // indirect

replace github.com/gatehouse-go/gatehouse => ../..
