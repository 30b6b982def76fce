10 pci/ven=1af4&dev=1000
10 pci/ven=1af4&dev=1041
