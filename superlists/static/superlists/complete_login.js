// The browser that asked for the link finishes the login by itself.
document.getElementById("id_complete_login").submit();
