//! Files: what is read whatever its encoding, and what is named for what it is.

use maths::import::{FileKind, MOST_BYTES, ReadError, Reader, Reading, Remark};

use crate::reading::{parse, read_file};

/// The bytes of text in UTF-16.
fn utf16(text: &str, is_big_endian: bool) -> Vec<u8> {
    let bytes = |unit: u16| {
        if is_big_endian {
            unit.to_be_bytes()
        } else {
            unit.to_le_bytes()
        }
    };
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn text_is_text_in_any_encoding() {
    for text in [
        "1,5\t2,5\r\n3,5\t4,5\r\n",
        "Länge\tBreite\r\n1,5\t2,5\r\n3,5\t4,5\r\n",
        "[[1.5, 2.5], [3.5, 4.5]]",
        "a,b\n1.5,2.5\n3.5,4.5",
    ] {
        let latin: Vec<u8> = text.chars().map(|c| u8::try_from(c).unwrap()).collect();
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            latin,
            utf16(text, false),
            utf16(text, true),
            [b"\xff\xfe".to_vec(), utf16(text, false)].concat(),
            [b"\xfe\xff".to_vec(), utf16(text, true)].concat(),
        ] {
            let imported = read_file(&bytes).unwrap();
            assert_eq!(imported.shape, [2, 2], "{bytes:?}");
            assert_eq!(imported.values, [1.5, 2.5, 3.5, 4.5], "{bytes:?}");
        }
    }
    // Half a character at the end is no number, and no reason to stop.
    let cut = [&utf16("\u{feff}1 2\n3 4\n", false)[..], b"\xd8\xd8"].concat();
    assert_eq!(read_file(&cut).unwrap_err().place(), Some([3, 1]));
    let odd = [&utf16("\u{feff}1 2\n3 4", false)[..], b"5"].concat();
    assert_eq!(read_file(&odd).unwrap().values, [1.0, 2.0, 3.0, 4.0]);
}

#[test]
fn windows_1252_is_read_as_python_reads_it() {
    // bytes(range(0x80, 0x100)).decode("cp1252"), and controls where that has nothing.
    let from_0x80 = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    let from_0xa0: String = ('\u{a0}'..='\u{ff}').collect();
    let head: Vec<u8> = (0x80..=0xff).collect();
    let file = [b"x", &head[..], b"x,b\n1,2\n"].concat();
    assert_eq!(
        read_file(&file).unwrap().names[0],
        format!("x{from_0x80}{from_0xa0}x")
    );
}

#[test]
fn files_that_are_not_read_are_named_for_what_they_are() {
    use FileKind::{
        Feather, Gzip, Hdf5, Matlab, Npz, Parquet, Pickle, Picture, Safetensors, Torch, Unknown,
        Workbook, Zip,
    };
    let zip = |name: &str| {
        let len = u16::try_from(name.len()).unwrap().to_le_bytes();
        [
            b"PK\x03\x04".to_vec(),
            vec![0; 22],
            len.to_vec(),
            vec![0; 2],
            name.as_bytes().to_vec(),
            vec![7; 9],
        ]
        .concat()
    };
    let two_tensors = br#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#;
    let of_two = [
        &(two_tensors.len() as u64).to_le_bytes(),
        &two_tensors[..],
        &[0; 8],
    ]
    .concat();
    for (bytes, kind, tool) in [
        (zip("archive/data.pkl"), Torch, "torch.load"),
        (zip("model/data.pkl"), Torch, "torch.load"),
        (
            b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02".to_vec(),
            Torch,
            "torch.load",
        ),
        (
            b"\x80\x04\x95\x10\0\0\0\0\0\0\0".to_vec(),
            Pickle,
            "allow_pickle",
        ),
        (zip("arr_0.npy"), Npz, "np.load"),
        (zip("[Content_Types].xml"), Workbook, "pd.read_excel"),
        (zip("xl/workbook.xml"), Workbook, "pd.read_excel"),
        (
            zip("mimetypeapplication/vnd.oasis.opendocument.spreadsheet"),
            Workbook,
            "pd.read_excel",
        ),
        (zip("notes.txt"), Zip, "unpack"),
        (b"PK\x05\x06\0\0".to_vec(), Zip, "unpack"),
        (of_two, Safetensors, "safetensors"),
        (b"\x89HDF\r\n\x1a\n\0".to_vec(), Hdf5, "h5py"),
        (b"PAR1\x15\x04".to_vec(), Parquet, "read_parquet"),
        (b"ARROW1\0\0".to_vec(), Feather, "read_feather"),
        (b"MATLAB 5.0 MAT-file, Platform".to_vec(), Matlab, "loadmat"),
        (b"\x1f\x8b\x08\0".to_vec(), Gzip, "gzip"),
        (b"\x89PNG\r\n\x1a\n\0".to_vec(), Picture, "Image.open"),
        (b"\0\x01\x02\xff\xfe\xfd".to_vec(), Unknown, "np.save"),
    ] {
        let error = read_file(&bytes).unwrap_err();
        assert_eq!(error, ReadError::Kind(kind), "{bytes:?}");
        assert!(error.allowed().contains(tool), "{}", error.allowed());
        assert_eq!(error.given(), kind.name());
    }
    // Text that begins like one of them is text.
    assert_eq!(read_file(b"PK,height\n1,2\n3,4\n").unwrap().shape, [2, 2]);
    assert_eq!(read_file(b"PARITY,b\n1,2\n3,4\n").unwrap().shape, [2, 2]);
    assert_eq!(
        read_file(b"").unwrap_err().given(),
        "a text without numbers"
    );
}

/// A file of safetensors.
fn safetensors(header: &str, data: &[u8]) -> Vec<u8> {
    [
        &(header.len() as u64).to_le_bytes(),
        header.as_bytes(),
        data,
    ]
    .concat()
}

#[test]
fn a_single_tensor_of_safetensors_is_read() {
    // safetensors.numpy.save({"w": np.array([[1, 2.5], [3, -4]], dtype=np.float32)}, {"a": "b"})
    let saved = b"X\0\0\0\0\0\0\0{\"__metadata__\":{\"a\":\"b\"},\"w\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}      \0\0\x80?\0\0 @\0\0@@\0\0\x80\xc0";
    let imported = read_file(saved).unwrap();
    assert_eq!(imported.shape, [2, 2]);
    assert_eq!(imported.values, [1.0, 2.5, 3.0, -4.0]);
    for (dtype, data) in [
        ("F16", &b"\0\x3c\0\xc0"[..]),
        ("BF16", b"\x80\x3f\0\xc0"),
        ("F64", b"\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\0\xc0"),
    ] {
        let n_bytes = data.len();
        let header = format!(
            "{{\"w\":{{\"dtype\":\"{dtype}\",\"shape\":[2,1],\"data_offsets\":[0,{n_bytes}]}}}}"
        );
        let imported = read_file(&safetensors(&header, data)).unwrap();
        assert_eq!(
            (imported.shape, imported.values),
            (vec![2, 1], vec![1.0, -2.0])
        );
    }
    for entry in [
        "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,16]",
        "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]",
        "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,99999999999]",
        "\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]",
        "\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]",
        "\"dtype\":\"F32\",\"shape\":[1,1,1,1],\"data_offsets\":[0,4]",
        "\"dtype\":\"F32\",\"shape\":[99999999999,99999999999,9],\"data_offsets\":[0,8]",
        "\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]",
        "\"dtype\":\"F32\",\"shape\":[1]",
    ] {
        let error =
            read_file(&safetensors(&format!("{{\"w\":{{{entry}}}}}"), &[0; 8])).unwrap_err();
        assert_eq!(error, ReadError::Kind(FileKind::Safetensors), "{entry}");
    }
}

/// An NPY file of version 1.
fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let len = u16::try_from(header.len()).unwrap().to_le_bytes();
    [b"\x93NUMPY\x01\x00", &len[..], header.as_bytes(), data].concat()
}

#[test]
fn bfloat16_is_read_from_npy() {
    // np.save of an ml_dtypes.bfloat16 array says that it has two bytes of anything.
    for descr in ["<V2", "|V2", "bfloat16"] {
        let imported =
            read_file(&npy(descr, "(2, 2)", b"\x80\x3f\x20\x40\x40\x40\x80\xc0")).unwrap();
        assert_eq!(imported.values, [1.0, 2.5, 3.0, -4.0], "{descr}");
    }
}

/// The file of a list of numbers of eight bytes.
fn list(descr: &str, numbers: impl ExactSizeIterator<Item = [u8; 8]>) -> Vec<u8> {
    let shape = format!("({},)", numbers.len());
    npy(descr, &shape, &numbers.flatten().collect::<Vec<u8>>())
}

#[test]
fn what_a_file_has_beyond_its_shape_or_f32_is_said() {
    let remarks = |bytes: &[u8]| read_file(bytes).unwrap().remarks;
    let lost = |n_values, given: &str, held| {
        vec![Remark::NotHeld {
            n_values,
            given: given.to_owned(),
            held,
        }]
    };
    assert_eq!(remarks(&npy("<f4", "(2,)", &[0; 8])), []);
    assert_eq!(
        remarks(&npy("<f4", "(2,)", &[0; 13])),
        [Remark::Longer { n_bytes: 5 }]
    );
    let i8 = |values: &[i64]| list("<i8", values.iter().map(|it| it.to_le_bytes()));
    assert_eq!(
        remarks(&i8(&[1 << 24, -(1 << 40), 0, i64::MIN, 3 << 30])),
        []
    );
    assert_eq!(
        remarks(&i8(&[(1 << 24) + 1, -16_777_219])),
        lost(2, "16777217", 16_777_216.0)
    );
    assert_eq!(
        remarks(&i8(&[i64::MAX])),
        lost(1, "9223372036854775807", 9_223_372_036_854_775_808.0)
    );
    assert_eq!(
        remarks(&npy("<u8", "(1,)", &[255; 8])),
        lost(1, "18446744073709551615", 18_446_744_073_709_551_616.0)
    );
    let f8 = |values: &[f64]| list("<f8", values.iter().map(|it| it.to_le_bytes()));
    assert_eq!(
        remarks(&f8(&[0.1, 1e20, 1e-40, -0.0, f64::NAN, f64::INFINITY])),
        []
    );
    assert_eq!(
        remarks(&f8(&[16_777_217.0])),
        lost(1, "16777217", 16_777_216.0)
    );
    assert_eq!(
        remarks(&f8(&[-2.4e300])),
        lost(1, "about -2e300", f32::NEG_INFINITY)
    );
    assert_eq!(remarks(&f8(&[7e-100, 1.0])), lost(1, "about 7e-100", 0.0));
}

#[test]
fn dimensions_are_said_as_dimensions() {
    let given = |shape: &str| read_file(&npy("<f4", shape, &[0; 64])).unwrap_err().given();
    assert_eq!(
        given("(2, 2, 2, 2, 1)"),
        "an array of 5 dimensions, (2, 2, 2, 2, 1)"
    );
    // Four are several blocks.
    let blocks = read_file(&npy("<f4", "(2, 2, 2, 2)", &[0; 64])).unwrap();
    assert_eq!(blocks.shape, [2, 2, 2, 2]);
    assert_eq!(given("()"), "a number without dimensions");
    assert_eq!(given("(3, 0)"), "an array of shape (3, 0)");
    let many = format!("({})", "1, ".repeat(30_000 / 3));
    assert_eq!(
        given(&many),
        "an array of 10000 dimensions, (1, 1, 1, 1, 1, 1, 1, 1,"
    );
}

#[test]
fn what_is_too_large_is_refused_before_it_is_read() {
    for reader in [
        Reader::text(" ".repeat(MOST_BYTES + 1), Reading::default(), parse),
        Reader::file(vec![b' '; MOST_BYTES + 1], Reading::default(), parse),
    ] {
        let error = reader.finish().unwrap_err();
        assert_eq!(error.given(), "34\u{202f}603\u{202f}009 bytes");
        assert_eq!(
            error.allowed(),
            "at most 33 MB, 34\u{202f}603\u{202f}008 bytes"
        );
    }
}
