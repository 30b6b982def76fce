10 pci/ven=5853&dev=0001
