module bareloop

go 1.22
