# make test: all tests; make test-SUITE: one of them (see test/run.sh --help)

test:
	test/run.sh

test-%:
	test/run.sh $*

clean:
	rm -rf build

.PHONY: test clean
