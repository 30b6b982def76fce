# make test: all tests; make test-SUITE: one of them (see test/run.sh --help)
# make bench: figures that depend on no host's speed, into bench/results
# make soak: hosted drivers with everything that may happen (SECONDS=; XEN=1:
#   the Xen drivers, on a real Xen)
# make fuzz: the fuzzers for a long time (SECONDS= each), corpora kept

test:
	test/run.sh

test-%:
	test/run.sh $*

bench:
	bench/run.py

soak:
	test/soak/run.py $(if $(XEN),--xen) $(or $(SECONDS),3600)

fuzz:
	test/fuzz/run.sh -k -t $(or $(SECONDS),3600)

clean:
	rm -rf build

.PHONY: test bench soak fuzz clean
