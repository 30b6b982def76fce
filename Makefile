# make test: all tests; make test-SUITE: one of them (see test/run.sh --help)
# make fuzz: the fuzzers for a long time (SECONDS= each), corpora kept

test:
	test/run.sh

test-%:
	test/run.sh $*

fuzz:
	test/fuzz/run.sh -k -t $(or $(SECONDS),3600)

clean:
	rm -rf build

.PHONY: test fuzz clean
