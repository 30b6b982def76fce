10 pci/ven=1af4&dev=1001
10 pci/ven=1af4&dev=1042
