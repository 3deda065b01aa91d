"""Axial CT slices, 4 mm apart, from the feet upwards: valid input for the findings about DICOM."""

from typing import List

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid


def slices(count: int = 10, rows: int = 8, columns: int = 6) -> List[Dataset]:
    """Give the slices of one series, as datasets without files whose pixels are all 0."""
    series, study, frame = generate_uid(), generate_uid(), generate_uid()
    return [one_slice(k, rows, columns, series, study, frame) for k in range(count)]


def one_slice(k: int, rows: int, columns: int, series: str, study: str, frame: str) -> Dataset:
    """Give slice k of a series; `series`, `study` and `frame` are unique identifiers."""
    one = Dataset()
    one.file_meta = FileMetaDataset()
    one.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = CTImageStorage
    one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    one.StudyInstanceUID, one.SeriesInstanceUID, one.FrameOfReferenceUID = study, series, frame
    one.Modality, one.ImageType, one.Manufacturer = 'CT', ['ORIGINAL', 'PRIMARY', 'AXIAL'], 'none'
    one.PatientID = one.PatientName = 'phantom'
    one.PatientBirthDate = one.PatientSex = one.AccessionNumber = one.ReferringPhysicianName = ''
    one.StudyDate, one.StudyTime, one.StudyID = '20200101', '000000', '1'
    one.SeriesNumber, one.InstanceNumber, one.PositionReferenceIndicator = 1, k + 1, ''
    one.Rows, one.Columns, one.PixelSpacing, one.SliceThickness = rows, columns, [2, 3], 4
    one.ImageOrientationPatient, one.ImagePositionPatient = [1, 0, 0, 0, 1, 0], [0, 0, 4.0 * k]
    one.SamplesPerPixel, one.PhotometricInterpretation = 1, 'MONOCHROME2'
    one.BitsAllocated, one.BitsStored, one.HighBit, one.PixelRepresentation = 16, 16, 15, 0
    one.RescaleSlope, one.RescaleIntercept, one.RescaleType = 1, 0, 'HU'
    one.PixelData = np.zeros((rows, columns), np.uint16).tobytes()
    return one
